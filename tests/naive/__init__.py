"""Every feature once more, naively: plain Python over the full history of accepted records."""
