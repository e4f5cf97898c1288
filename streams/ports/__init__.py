"""What lanes ask of the world: a log and a store. Adapters are in streams/adapters."""
