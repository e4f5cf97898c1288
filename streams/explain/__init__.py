"""Why something was decided: the pipeline is run again over the log, and somebody looks on."""
