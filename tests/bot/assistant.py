"""A small Rasa assistant, written for the tests of the channel."""

from __future__ import annotations

from pathlib import Path

EXAMPLES = {
    "greet": ["hello", "hi there", "good morning", "hey", "hi", "good evening"],
    "thanks": ["thanks", "thank you so much", "cheers", "many thanks", "thx", "ta very much"],
    "deny": ["no", "nope", "that did not help", "not really", "no it doesn't", "nah"],
    "order_status": [
        "where is my order",
        "where is my parcel",
        "track my package",
        "has my order shipped",
        "when does my parcel arrive",
        "order status please",
    ],
    "return_policy": [
        "how do returns work",
        "how long can I return things",
        "who pays for a return",
        "can I return a gift",
        "what is your return policy",
        "may I send back opened items",
    ],
    "cancel_order": [
        "cancel my order",
        "please cancel the order",
        "I want to cancel what I bought",
        "stop my order",
        "cancel order now",
        "I would like to cancel an order",
    ],
    "frustrated": [
        "this is useless",
        "for god's sake",
        "you are no help at all",
        "are you even listening",
        "this is ridiculous",
        "what a waste of time",
    ],
    "request_human": [
        "I want a human",
        "let me talk to a person",
        "agent please",
        "can somebody call me",
        "put me through to a colleague",
        "real person",
    ],
    "out_of_scope": [
        "who won the football match",
        "write me a poem",
        "order a pizza with extra cheese",
        "what is the capital of France",
        "solve this equation",
        "who is the president",
    ],
}

DOMAIN = """
version: "3.1"
session_config: {session_expiration_time: 0, carry_over_slots_to_new_session: true}
intents: [INTENTS, solved]
entities: [order_number, invoice_number, ticket_number, email, phone, amount,
           date, product, PERSON, GPE, LOC]
slots:
  order_number:
    type: text
    influence_conversation: false
    mappings: [{type: from_entity, entity: order_number}]
  confirmed:
    type: bool
    influence_conversation: false
    mappings:
    - {type: from_intent, intent: solved, value: true,
       conditions: [{active_loop: cancel_order_form, requested_slot: confirmed}]}
    - {type: from_intent, intent: deny, value: false,
       conditions: [{active_loop: cancel_order_form, requested_slot: confirmed}]}
forms:
  cancel_order_form: {required_slots: [order_number, confirmed]}
responses:
  utter_greet: [{text: "Hello."}]
  utter_helped:
  - text: "Did that help?"
    buttons: [{title: "Yes", payload: "/solved"}]
    custom: {kind: confirm}
  utter_cancelled: [{text: "Cancelled."}]
  utter_ask_order_number: [{text: "Which order?"}]
  utter_ask_confirmed: [{text: "Shall I cancel {order_number}?"}]
actions: [action_answer]
"""

RULES = """
version: "3.1"
rules:
- {rule: hello, steps: [{intent: greet}, {action: utter_greet}]}
- {rule: thanks, steps: [{intent: thanks}, {action: utter_helped}]}
- {rule: solved, steps: [{intent: solved}, {action: utter_greet}]}
- rule: cancel
  steps: [{intent: cancel_order}, {action: cancel_order_form}, {active_loop: cancel_order_form}]
- rule: cancelled
  condition: [{active_loop: cancel_order_form}]
  steps:
  - {action: cancel_order_form}
  - {active_loop: null}
  - {slot_was_set: [{requested_slot: null}]}
  - {action: utter_cancelled}
- rule: the rest
  steps:
  - or: [{intent: order_status}, {intent: return_policy}, {intent: frustrated}, {intent: deny},
         {intent: request_human}, {intent: out_of_scope}]
  - {action: action_answer}
"""


def write(folder: Path) -> Path:
    """Write domain.yml, rules and examples into the folder, and return it."""
    lines = ['version: "3.1"', "nlu:"]
    for intent, texts in EXAMPLES.items():
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in texts)]
    (folder / "data").mkdir()
    (folder / "data" / "nlu.yml").write_text("\n".join(lines) + "\n")
    (folder / "data" / "rules.yml").write_text(RULES)
    (folder / "domain.yml").write_text(DOMAIN.replace("INTENTS", ", ".join(EXAMPLES)))
    return folder
