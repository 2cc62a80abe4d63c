"""How do results reach people: tables, files, a study of a whole model.

Each part is imported from its own module: a table for a terminal needs neither figures nor files.
"""
