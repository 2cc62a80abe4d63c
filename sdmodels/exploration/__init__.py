"""What can a model do, where in its plausible parameter space, and how surely?"""
