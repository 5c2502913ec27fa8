"""What is measured, and printed by commands. Nothing here is a test: machines are noisy."""
