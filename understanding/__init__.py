"""What a customer's message means: intent, scope, entities and frustration, with numpy alone.

Both Pythons run it: Rasa's components on 3.10, evaluation and training pages on 3.11.
"""
