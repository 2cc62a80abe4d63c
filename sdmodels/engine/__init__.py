"""How does a Model behave? Lowering to a Program, and two evaluators of it."""
