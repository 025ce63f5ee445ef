"""Evals: cases, and suites that measure the product on them. They import `interviewer`; it never imports them."""
