"""Studies: many agents over worlds, recipes, diversities and seeds, resumable.

A plan says what is wanted, a store holds what is finished, and whatever happens in
between, nothing finished is lost or done twice.
"""
