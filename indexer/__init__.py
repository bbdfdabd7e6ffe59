"""Knowledge in, index out: reading, analysing, weighing, storing and searching."""
