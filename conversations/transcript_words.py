"""The words of a saved chat, in the widget's languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Everything in a transcript that nobody in the chat has written."""

    title: str
    saved: str
    """With ``{when}``."""
    you: str
    assistant: str
    team: str
    """An agent without a name."""
    notice: str
    """What we told the customer ourselves, such as when somebody will be there."""
    article: str
    file: str
    """Before the name of one that was sent."""
    earlier: str
    why: str
    """Why a stranger may have got the mail; with ``{site}``."""


ENGLISH = Words(
    title="Your chat",
    saved="Saved {when}",
    you="You",
    assistant="Assistant",
    team="Our team",
    notice="Notice",
    article="Article",
    file="File",
    earlier="Earlier messages are left out: they are too many for one file. You find them in the chat.",
    why="You get this mail because somebody asked for it in the chat on {site} and gave this address. "
    "If that was not you, you can ignore it.",
)
LANGUAGES: dict[str, Words] = {
    "en": ENGLISH,
    "de": Words(
        title="Ihr Chat",
        saved="Gespeichert {when}",
        you="Sie",
        assistant="Assistent",
        team="Unser Team",
        notice="Hinweis",
        article="Artikel",
        file="Datei",
        earlier="Frühere Nachrichten fehlen hier: Es sind zu viele für eine Datei. Sie finden sie im Chat.",
        why="Sie erhalten diese E-Mail, weil sie im Chat auf {site} mit dieser Adresse angefordert wurde. "
        "Wenn Sie das nicht waren, können Sie sie ignorieren.",
    ),
    "es": Words(
        title="Su chat",
        saved="Guardado: {when}",
        you="Usted",
        assistant="Asistente",
        team="Nuestro equipo",
        notice="Aviso",
        article="Artículo",
        file="Archivo",
        earlier="Faltan mensajes anteriores: son demasiados para un solo archivo. Los encontrará en el chat.",
        why="Recibe este correo porque alguien lo pidió en el chat de {site} e indicó esta dirección. "
        "Si no fue usted, puede ignorarlo.",
    ),
    "fr": Words(
        title="Votre conversation",
        saved="Enregistrée le {when}",
        you="Vous",
        assistant="Assistant",
        team="Notre équipe",
        notice="Information",
        article="Article",
        file="Fichier",
        earlier="Les messages plus anciens sont omis : ils sont trop nombreux pour un seul fichier. "
        "Vous les trouverez dans la conversation.",
        why="Vous recevez cet e-mail parce qu’il a été demandé dans le chat de {site} avec cette adresse. "
        "Si ce n’était pas vous, vous pouvez l’ignorer.",
    ),
    "ar": Words(
        title="محادثتك",
        saved="حُفظت في {when}",
        you="أنت",
        assistant="المساعد",
        team="فريقنا",
        notice="تنبيه",
        article="مقال",
        file="ملف",
        earlier="لم تُدرج الرسائل الأقدم لأن عددها أكبر من أن يتسع له ملف واحد. تجدها في المحادثة.",
        why="وصلتك هذه الرسالة لأن شخصًا طلبها في محادثة {site} وكتب هذا العنوان. "
        "إن لم تكن أنت من طلبها، فيمكنك تجاهلها.",
    ),
}
