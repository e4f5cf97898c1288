"""How a worker is: for orchestrators, for people, and for Prometheus."""
