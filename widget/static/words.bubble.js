// What the bubble says before the panel's own words (words.<language>.js) are fetched. Plain JSON: the builder reads it too.
export default {
  "en": {
    "openChat": "Open chat",
    "closeChat": "Close chat",
    "invitation": "A message for you",
    "dismiss": "Close this message",
    "unread_one": "{count} unread message",
    "unread_other": "{count} unread messages"
  },
  "es": {
    "openChat": "Abrir el chat",
    "closeChat": "Cerrar el chat",
    "invitation": "Un mensaje para usted",
    "dismiss": "Cerrar este mensaje",
    "unread_one": "{count} mensaje sin leer",
    "unread_other": "{count} mensajes sin leer"
  },
  "de": {
    "openChat": "Chat öffnen",
    "closeChat": "Chat schließen",
    "invitation": "Eine Nachricht für Sie",
    "dismiss": "Diese Nachricht schließen",
    "unread_one": "{count} ungelesene Nachricht",
    "unread_other": "{count} ungelesene Nachrichten"
  },
  "fr": {
    "openChat": "Ouvrir le chat",
    "closeChat": "Fermer le chat",
    "invitation": "Un message pour vous",
    "dismiss": "Fermer ce message",
    "unread_one": "{count} message non lu",
    "unread_other": "{count} messages non lus"
  },
  "ar": {
    "openChat": "فتح المحادثة",
    "closeChat": "إغلاق المحادثة",
    "invitation": "رسالة لك",
    "dismiss": "إغلاق هذه الرسالة",
    "unread_zero": "لا رسائل غير مقروءة",
    "unread_one": "رسالة واحدة غير مقروءة",
    "unread_two": "رسالتان غير مقروءتين",
    "unread_few": "{count} رسائل غير مقروءة",
    "unread_many": "{count} رسالة غير مقروءة",
    "unread_other": "{count} رسالة غير مقروءة"
  }
};
