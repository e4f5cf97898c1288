"""A worker: lanes and the control plane in one Faust app. `streams.worker.run.run_worker` runs one."""
