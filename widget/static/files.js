// Files in the customer's chat: sent with progress, shown, and told of when they were lost.
import { fileNode, moveBar, previewOf, uploadNode } from "./attachment.js";
import { Uploads, sizeOf } from "./uploads.js";

const UNSENT_FILES = "handrail:files"; // {client_id: name} of this tab

export class Files {
  #context;
  #uploads;
  #words;
  #shapes = new WeakMap(); // node -> what it shows
  #lost = new Map(); // client_id -> name: the page was left while they were sent

  /** context: {wording, server, session, token(), limit(), onChange(messages)} */
  constructor(context) {
    this.#context = context;
    const { wording, server, session, limit } = context;
    this.#words = {
      locale: wording.locale, picture: (name) => wording.say("filePicture", { name }),
      open: (name) => `${name} (${wording.consentNewTab})`, gone: wording.fileGone,
    };
    this.#uploads = new Uploads({
      limit,
      address: async () => ({ url: `${server}/api/chat/files`, headers: { Authorization: `Bearer ${await context.token()}` } }),
      onChange: () => this.#changed(),
      onProgress: moveBar,
    });
    try {
      this.#lost = new Map(Object.entries(JSON.parse(session.getItem(UNSENT_FILES) ?? "{}")));
    } catch {
      // not ours
    }
  }

  async add(files) {
    this.#uploads.add(files);
    for (const entry of this.#uploads.list()) {
      if (entry.preview !== undefined) continue;
      entry.preview = null;
      entry.preview = await previewOf(entry.file, this.#words.picture(entry.name));
    }
    this.#changed();
  }

  /** Whether it was one of ours, and is sent again. */
  retry(clientId) {
    if (!this.#uploads.get(clientId)) return false;
    this.#uploads.retry(clientId);
    return true;
  }

  discard(clientId) {
    if (!this.#uploads.get(clientId) && !this.#lost.has(clientId)) return false;
    this.#lost.delete(clientId);
    this.#uploads.remove(clientId);
    this.#changed();
    return true;
  }

  clear() {
    for (const id of [...this.#lost.keys(), ...this.#uploads.list().map((one) => one.client_id)]) this.discard(id);
  }

  /** What the log has is no longer ours; and the line may be back. */
  update(store) {
    for (const id of [...this.#lost.keys(), ...this.#uploads.list().map((one) => one.client_id)]) {
      if (store.has(id)) this.discard(id);
    }
    if (store.status === "online" && this.status !== "online" && this.status) this.#uploads.resume();
    if (store.caughtUp && !this.caughtUp) {
      this.caughtUp = true;
      this.#changed();
    }
    this.status = store.status;
  }

  /** Show a message's file in this node. */
  draw(node, { payload: { file }, upload, client_id: id }) {
    const shape = upload ? `${upload.state}${Boolean(upload.preview)}` : `${file.id}${file.gone}`;
    if (this.#shapes.get(node) === shape) return;
    this.#shapes.set(node, shape);
    const { wording, server } = this.#context;
    const { name } = file;
    node.replaceChildren(upload
      ? uploadNode(upload, this.#words, {
        label: wording.say("fileSending", { name }), cancel: wording.say("fileCancel", { name }), onCancel: () => this.discard(id),
      })
      : fileNode(file, server, this.#words, node.querySelector("canvas")));
  }

  #changed() {
    const { session, wording, limit, onChange } = this.#context;
    const size = sizeOf(limit(), wording.locale);
    const lost = this.caughtUp ? [...this.#lost] : [];
    const entries = [
      ...lost.map(([client_id, name]) => ({ client_id, name, size: 0, order: 0, progress: 0, state: "failed", error: { code: "file_lost", final: true } })),
      ...this.#uploads.list(),
    ];
    const unsent = this.#uploads.list().filter(({ state, error }) => state !== "sent" && !error?.final);
    const kept = new Map([...this.#lost, ...unsent.map(({ client_id, name }) => [client_id, name])]);
    if (kept.size) session.setItem(UNSENT_FILES, JSON.stringify(Object.fromEntries(kept)));
    else session.removeItem(UNSENT_FILES);
    onChange(entries.map((upload) => {
      const { client_id, name, type, order, state, error } = upload;
      const code = error?.code === "too_large" ? "file_too_large" : error?.code;
      return {
        author: "customer", text: name, client_id, order, upload, delivery: state === "failed" ? state : "waiting",
        error: error && { ...error, code, size }, created_at: new Date(order || Date.now()).toISOString(), payload: { file: { name, type, size: upload.size } },
      };
    }));
  }
}
