"""A naive reference of the contract: slow, plain, recomputed from the whole history at every judgement."""
