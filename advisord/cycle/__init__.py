"""The pipeline in steps: poll the feeds, collect the lockfiles, assess them, track the issues. Only here things meet.

Each step takes one feed or one repository, and can be repeated at any time: what it needs to remember is in the store.
"""
