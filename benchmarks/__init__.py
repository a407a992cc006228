"""Measurements that `make bench` repeats; ratios within one run, because machines are noisy."""
