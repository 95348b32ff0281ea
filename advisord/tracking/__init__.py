"""From decisions to tracking issues: identity, plan, text, and carrying it out."""
