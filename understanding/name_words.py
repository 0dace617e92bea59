"""Words that are no names, and small words that are parts of some."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: "My name is wrong on the invoice".
NO_NAME = _words(
    """not on in at the a wrong spelled spelt misspelled different missing still also written now changed
    incorrect too under what whatever your my registered"""
)

#: "Jan de Vries".
PARTICLES = _words("van de der den von di da del la le du bin al el ten ter y")

#: What the model takes for people and places although everybody in a shop knows better.
KNOWN = _words(
    """fernway klarna paypal visa mastercard maestro amex american express bancontact ideal apple google
    android iphone samsung bpost dhl dpd ups fedex postnl gls facebook instagram whatsapp wifi wi-fi app
    hi hello hey thanks thx please pls ok okay yes no nope sorry help order orders parcel package refund
    return returns invoice delivery account password login email mail phone size box gift card lamp kettle
    hub scale glow bot agent human chat customer service support monday tuesday wednesday thursday friday
    saturday sunday january february march april june july august september october november december
    urgent lol omg wtf asap bonjour hola ciao hallo guten tag merci danke cheers dear team sir madam mum mom
    dad xmas christmas easter black usb bluetooth chrome safari firefox windows linux ios router
    christ jesus god cancel cancle track tracking status broken stripe pin otp cvv vat faq pdf"""
)
