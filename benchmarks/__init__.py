"""How fast it is: the workloads of the design, each beside the least SQL that does the same.

``python -m benchmarks`` runs them; ``docs/explanation/speed.rst`` says how they are measured.
"""
