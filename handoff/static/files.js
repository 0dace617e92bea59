// Files that an agent sends, and how files of both sides look in the log: the widget's own parts, in English.
import { fileNode, moveBar, previewOf, uploadNode } from "/widget/attachment.js";
import { Uploads, sizeOf } from "/widget/uploads.js";

const WORDS = { picture: (name) => `Picture: ${name}`, open: (name) => `${name} (opens in a new tab)`, gone: "no longer kept" };

export class Files {
  #uploads;

  /** `limit`: bytes of one file; `changed()` is called when one goes, fails or is there. */
  constructor(limit, changed) {
    const size = sizeOf(limit);
    this.words = {
      too_large: `A file may have up to ${size}.`, file_damaged: "The file is empty.", network: "The server can't be reached.",
      file_refused: "Pictures (PNG, JPEG, GIF, WebP), PDF and plain text can be sent.",
    };
    this.#uploads = new Uploads({
      limit: () => limit, onChange: changed, onProgress: moveBar,
      address: ({ conversation }) => Promise.resolve({
        url: `/api/conversations/${encodeURIComponent(conversation)}/files`, headers: { "X-Handrail": "1" },
      }),
    });
    this.changed = changed;
  }

  /** Send these into the chat. */
  async send(conversation, files) {
    this.#uploads.add(files, { conversation });
    for (const entry of this.#uploads.list()) {
      if (entry.preview !== undefined) continue;
      entry.preview = null;
      entry.preview = await previewOf(entry.file, WORDS.picture(entry.name));
    }
    this.changed();
  }

  /** As the outbox tells of texts that wait. */
  list() {
    return this.#uploads.list().map((entry) => {
      const { conversation, client_id, name, type, size, order, state, error } = entry;
      return {
        conversation, client_id, text: name, order, state: state === "failed" ? state : "waiting", payload: { file: { name, type, size } },
        error: error && { ...error, message: error.message ?? this.words[error.code] },
        upload: Object.assign(entry, { stop: () => this.#uploads.remove(client_id) }),
      };
    });
  }

  /** Whether it was a file, and is sent again. */
  retry(clientId) {
    if (!this.#uploads.get(clientId)) return false;
    this.#uploads.retry(clientId);
    return true;
  }

  /** Given up, or in the log by now. */
  remove(clientId) {
    if (!this.#uploads.get(clientId)) return false;
    this.#uploads.remove(clientId);
    return true;
  }

  resume() { this.#uploads.resume(); }
}

/** A message's file in the log. */
export function drawFile({ payload: { file }, upload }) {
  if (!upload) return fileNode(file, location.origin, WORDS);
  const label = `Sending ${upload.name}`;
  return uploadNode(upload, WORDS, { label, cancel: `Stop sending ${upload.name}`, onCancel: upload.stop });
}
