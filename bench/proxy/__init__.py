"""What proxying costs, ours and its peers side by side: see ``bench.proxy.__main__``."""
