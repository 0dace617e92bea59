// What a customer can do in the panel, each as a frame to the server or a mark here.

/** chat: {connection, store, visitor, say(text, how)} */
export function deeds({ connection, store, visitor, say }) {
  return {
    send: (text) => say(text),
    // What an invitation offers is said as it stands there; other buttons are known to the server by their place.
    press: (message, index) =>
      say(String(message.payload.buttons[index].title), message.seq && { button: { seq: message.seq, index } }),
    retry: (id) => connection.retry(id),
    discard: (id) => connection.discard(id),
    person: () => connection.command({ type: "person", seq: store.lastSeq }),
    someoneElse: () => connection.command({ type: "someone_else", seq: store.lastSeq }),
    cancel: () => connection.command({ type: "cancel" }),
    rate: (rating) => connection.command({ type: "rate", ...rating }),
    skip: (episode) => {
      visitor.putAside("rating", episode);
      connection.command({ type: "survey", episode, kind: "csat", skip: true });
    },
    thumb: (said) => {
      connection.command({ type: "thumb", ...said });
      store.mark(said.seq, said.up);
    },
    form: (answers) => {
      connection.command({ type: "details", answers });
      Object.assign(store, { formSent: true, refusedField: "" });
      store.change();
    },
    chooseBot: () => {
      store.chosen = true;
      store.change();
    },
    choosePerson: (about) => {
      store.chosen = true;
      if (about) say(about, { person: true });
      else connection.command({ type: "person", seq: store.lastSeq });
      store.change();
    },
    skipped: (episode) => visitor.isAside("rating", episode),
    skipMail: (episode) => {
      visitor.putAside("mail", episode);
      store.change();
    },
    mailSkipped: (episode) => visitor.isAside("mail", episode),
    mail: (email) => {
      connection.command({ type: "details", email });
      store.mailSaved = email;
      store.change();
    },
    typing: (text) => connection.typing("", store.previewed ? text : undefined),
    typingStopped: () => connection.typingStopped(),
    token: () => visitor.token(),
    reconnect: () => connection.check(),
    redraw: () => store.change(),
  };
}
