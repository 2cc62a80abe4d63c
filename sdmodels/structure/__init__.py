"""What is a model? Values of the standard library only: no file, no engine, no array."""
