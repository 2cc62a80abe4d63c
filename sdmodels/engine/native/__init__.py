"""How does a Program run at the speed of the machine? As LLVM vector code whose lanes are members."""
