"""What does ``python -m sdmodels`` do? The same as the command ``sdmodels``, where that is not on the path."""

from sdmodels.cli import main

if __name__ == "__main__":
    main()
