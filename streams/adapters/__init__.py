"""The ports over Kafka and Redis, and over memory; nothing connects when it is imported or constructed."""
