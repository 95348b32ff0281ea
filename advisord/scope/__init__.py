"""From a security policy to decisions: what is ours to act on, as what, by when, and why.

`policy` (the only module here that meets pydantic) turns a policy's text into a `compiled.CompiledPolicy`; `decide` applies
that to findings and needs nothing heavy, so that a scan can use a policy that was validated once.
"""
