"""How fast is the library, in ratios to other ways to do the same on the same machine in the same run?"""
