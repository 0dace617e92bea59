"""Hand-made texts for the review: starter articles in other words, and pairs that contradict or don't."""

from __future__ import annotations

from knowledge_base.drafts import Draft
from tests.knowledge_base.support import draft

#: Each says what the starter article of this slug says, as somebody writes it who did not find that one.
PARAPHRASED: dict[str, Draft] = {
    "return-within-30-days": draft(
        "Sending something back to us",
        "can i send my order back",
        "what are the rules for returns",
        "until when may I return a thing",
        context="Anything that you ordered at our shop can come back to us during the 30 days after it was "
        "delivered. Clothing and shoes have to be unworn and still carry their tags. You may try them on.",
        action="1. Go to **My orders** and click on **Return items**.\n2. Select what you send back and why.\n"
        "3. Print out the return label or show its code at the parcel shop.\n4. Give the parcel to the courier "
        "within 30 days of delivery and keep the proof.",
        outcome="Your money is refunded within 5 working days after we receive the parcel, the same way you "
        "paid. Banks may take 3 working days longer. We send an e-mail when it is refunded.",
    ),
    "forgot-password": draft(
        "I don't remember my password",
        "help i lost my password",
        "how can i reset the password",
        "I need a link for a new password",
        context="If you no longer know your password, you can choose a new one within 5 minutes, even if your "
        "account was locked.",
        action="1. Go to the sign-in page and choose **Forgot password?**\n2. Type the e-mail address that "
        "belongs to your account.\n3. Click the link in our e-mail within 60 minutes.\n4. Pick a new password "
        "with 10 characters or more.",
        outcome="You get the e-mail within 15 minutes. The new password is good at once, and other devices are "
        "signed out.",
    ),
    "pick-up-point": draft(
        "Pick up your order at a parcel shop or locker",
        "can i fetch my package myself",
        "delivery to a pickup point",
        "how many days does the parcel shop keep it",
        context="You can have your parcel sent to a shop or a locker nearby. This costs €3.90. It is kept "
        "there for 7 days.",
        action="1. At checkout choose **Pick-up point** and a place on the map.\n2. We e-mail you a pick-up code."
        "\n3. Take the code and your identity card with you. Another person can collect it with the code.",
        outcome="If you don't collect the parcel in 7 days, it goes back to us. We refund you within 5 working "
        "days after that.",
    ),
    "descale-kettle": draft(
        "Remove limescale from your kettle",
        "my kettle has white flakes in it",
        "kettle makes a lot of noise and boils slowly",
        "is vinegar ok for descaling",
        context="Limescale comes from hard water. It does no harm, but the Kettle gets slow and loud. Remove it "
        "every 4 weeks.",
        action="1. Half fill the Kettle with water and add 100 ml of white vinegar or 2 spoons of citric acid.\n"
        "2. Let it boil and turn it off.\n3. After 30 minutes, pour it out.\n4. Boil clean water two times and "
        "throw it away.\n\nDon't put the Kettle or its base in water.",
        outcome="This takes 45 minutes. The light for descaling goes off the next time you boil water.",
    ),
    "klarna": draft(
        "Paying later or in parts with Klarna",
        "can i pay later",
        "do you have instalments",
        "how does klarna work here",
        context="With Klarna you can pay your order 30 days later, or split it into 3 payments. Klarna decides "
        "about it at checkout.",
        action="1. Select Klarna when you check out.\n2. Give your date of birth and say yes to their terms.\n"
        "3. Pay in the app of Klarna.",
        outcome="Klarna tells you within a minute whether it agrees. Klarna e-mails you when a payment is due.",
    ),
    "hub-offline": draft(
        "My Hub is not online any more",
        "hub has lost the connection",
        "the hub says offline in the app",
        "how can I reconnect my hub",
        context="When the Hub loses the internet or the Wi-Fi, the app shows it as Offline.",
        action="1. Check on your phone whether a website opens over the same Wi-Fi.\n2. Unplug the Hub for 30 "
        "seconds and plug it in again.\n3. Restart your router, then wait 5 minutes. The Hub works with 2.4 GHz "
        "Wi-Fi.\n4. If it stays offline, hold its button for 10 seconds and add it in the app once more.",
        outcome="After a restart the Hub comes online within 5 minutes. If it does not, write to "
        "help@fernway.example; you hear from us within 1 working day.",
    ),
}

#: One sentence of each can't be true; the last is what they differ in.
CONTRADICT: tuple[tuple[str, str, str], ...] = (
    ("You can return an item within 14 days.", "You can return items within 30 days.", "time"),
    ("You can return an item within two weeks.", "An item can be returned within 30 days.", "time"),
    (
        "We refund you within 5 working days.",
        "We refund you within 10 working days.",
        "working time",
    ),
    ("Standard delivery costs €4.90.", "Standard delivery costs €5.90.", "money eur"),
    ("Standard delivery is free.", "Standard delivery costs €4.90.", "price"),
    ("The return label is not free.", "The return label is free.", "price"),
    (
        "Standard delivery is free from €50.",
        "Standard delivery is free from €75.",
        "money eur from",
    ),
    ("Students get 10% off their order.", "Students get 15 percent off their order.", "percent"),
    ("You can return opened cosmetics.", "You cannot return opened cosmetics.", "not"),
    ("We ship to Norway and Switzerland.", "We do not ship to Norway or Switzerland.", "not"),
    ("Gift cards can be refunded.", "Gift cards can't be refunded.", "not"),
    ("The showroom is open 10:00–18:00.", "The showroom is open 9:00–18:00.", "hours"),
    ("The showroom is open 10 am to 6 pm.", "The showroom is open from 9am to 6pm.", "hours"),
    ("The showroom is open Monday to Friday.", "The showroom is open Tuesday to Saturday.", "days"),
    ("The warranty of the lamp lasts 2 years.", "The lamp's warranty is 3 years.", "time"),
    (
        "Add up to 5 photos to the report.",
        "You can add 3 photos to the report.",
        "number of photos",
    ),
    ("Refunds go to your credit card.", "Refunds go to a gift card.", "way of paying"),
    (
        "The box ships on the 5th of each month.",
        "The box ships on the 10th of each month.",
        "day of the month",
    ),
    ("Write to help@fernway.example.", "Write to support@fernway.example.", "e-mail address"),
    ("Hold the button for 10 seconds.", "Hold the button for 5 seconds.", "time"),
    (
        "A parcel may weigh up to 8 kg.",
        "Your parcel must not be heavier than 10 kg.",
        "weight",
    ),
    (
        "An account is required to order a lamp.",
        "You can order a lamp without an account.",
        "needed",
    ),
    ("A receipt is needed for a repair.", "No receipt is needed for a repair.", "needed"),
    (
        "To report a lost parcel, call 0800 555 0101.",
        "Report a lost parcel by calling 0800-555-0199.",
        "phone number",
    ),
    (
        "Deleted lists can be restored for 30 days.",
        "We keep deleted lists for 90 days; until then you can restore them.",
        "time",
    ),
    (
        "Fill the kettle with 100 ml of vinegar.",
        "Fill the kettle with 250 ml of vinegar.",
        "volume",
    ),
)

#: Both may be true.
AGREE: tuple[tuple[str, str], ...] = (
    ("You can return an item within 14 days.", "You can return an item within two weeks."),
    ("You can return an item within 30 days.", "You can return an item within a month."),
    ("The offer lasts 24 hours.", "The offer lasts one day."),
    ("Delivery takes 2–4 working days.", "Delivery takes 2 to 4 business days."),
    ("Standard delivery takes 2–4 days.", "Express delivery takes 1 day."),
    ("Delivery to the UK takes 4–6 days.", "Delivery to the EU takes 2–4 days."),
    ("Standard delivery costs €4.90.", "Standard delivery is free from €50."),
    ("Standard delivery costs €4.90, and is free from €50.", "Standard delivery is free from €50."),
    ("You can return an item within 30 days.", "After 30 days you can no longer return an item."),
    ("You can change the address until it ships.", "You cannot change the address after it ships."),
    ("You can pause for up to 3 months.", "A pause cannot be longer than 3 months."),
    ("You can pause for 1, 2 or 3 months.", "You can pause for up to 3 months."),
    (
        "We refund you within 5 working days.",
        "If you paid by card, we refund you within 8 working days.",
    ),
    ("The showroom is open 10:00–18:00.", "The showroom is open from 10 am to 6 pm."),
    ("The lamp's warranty is 3 years.", "The bowl's warranty is 2 years."),
    ("Charge the scale for 3 hours.", "Charge the speaker for 2 hours."),
    ("No returns after 30 days.", "Returns are free."),
    ("You can pay with PayPal.", "You can pay with a gift card."),
    ("The showroom is closed on Sunday.", "The showroom is closed on Monday."),
    ("The showroom is closed on Sunday.", "The showroom is open Tuesday to Saturday."),
    ("The link is valid for 60 minutes.", "The e-mail with the link comes within 15 minutes."),
    ("The label is free.", "The label is free of charge."),
    ("To report a lost parcel, call 0800 555 0101.", "Report a lost parcel: call 0800-555 0101."),
    ("Report a lost parcel: call 0800 555 0101.", "For a repair of a lamp, call 0800 555 0199."),
    ("A receipt is needed for a repair.", "You need a receipt for a repair."),
    ("A receipt is needed for a repair.", "No receipt is needed if the lamp is new."),
    ("You can return a lamp without its box.", "You can't order a lamp without an account."),
    ("Standard parcels may weigh up to 8 kg.", "Express parcels must not be heavier than 10 kg."),
    ("It costs €10,000 in all.", "It costs €10000 in all."),
)

#: In a paraphrased article (slug): what it says, what it says instead, and what that contradicts.
CHANGED: tuple[tuple[str, str, str, str], ...] = (
    ("return-within-30-days", "within 30 days", "within 14 days", "time"),
    ("return-within-30-days", "within 5 working days", "within 10 working days", "working time"),
    ("forgot-password", "within 60 minutes", "within 30 minutes", "time"),
    ("forgot-password", "within 15 minutes", "within 2 hours", "time"),
    ("pick-up-point", "€3.90", "€2.90", "money eur"),
    ("pick-up-point", "for 7 days", "for two weeks", "time"),
    ("descale-kettle", "every 4 weeks", "every 6 months", "time every"),
    ("descale-kettle", "100 ml", "250 ml", "volume"),
    ("descale-kettle", "takes 45 minutes", "takes 2 hours", "time"),
    ("hub-offline", "for 10 seconds", "for 30 seconds", "time"),
    ("hub-offline", "within 5 minutes", "within 1 hour", "time"),
    ("hub-offline", "within 1 working day", "within 3 working days", "working time"),
    ("hub-offline", "2.4 GHz", "5 GHz", "frequency"),
)
