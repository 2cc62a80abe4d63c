"""What do the data of a case say about a model, and how surely?"""
