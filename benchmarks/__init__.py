"""What answers are worth and what they cost; each module is a command of its own."""
