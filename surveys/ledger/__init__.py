"""Recorded as counted: commitments to responses, the public list of them, and its proofs.

docs/recorded-as-counted.md says what everything is, to the byte. Verbs call `committing`; pages
read `reading`; batches are published by `batches`.
"""
