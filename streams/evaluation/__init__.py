"""How well rules and model tell who will default, on cardholders whose fate is known."""
