"""What the API answers and takes. Shares are fractions; a figure's bounds are those of its 95 % interval."""
