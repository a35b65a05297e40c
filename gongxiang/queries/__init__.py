"""What the platform can tell: questions to the database with plain values as answers.

The counterpart of the acts: nothing here changes anything. Pages and the API ask the same ones.
"""
