// Asking for a link to a conversation. The dialog is loaded when it is first wanted.

import { useEffect, useRef, useState } from "react";
import { Stroke } from "./icons.jsx";
import { t } from "./texts.js";

export const SHARE = "M12 15V4M8 7.5 12 3.5l4 4M6 11H5v9h14v-9h-1";

let open = () => {};

/** Opens the dialog for a conversation. */
export const askToShare = (conversation) => open(conversation);

export function ShareButton({ conversation, disabled }) {
  return (
    <button type="button" className="icon-btn" aria-label={t("header.share")} title={t("header.share")} aria-haspopup="dialog" data-testid="share" disabled={disabled} onClick={() => askToShare(conversation)}>
      <Stroke>
        <path d={SHARE} />
      </Stroke>
    </button>
  );
}

/** The place of the dialog, wherever it is opened from. */
export function ShareDialog({ onOpen, ...shares }) {
  const [wanted, setWanted] = useState("");
  const [Dialog, setDialog] = useState(null);
  const latest = useRef(onOpen);
  latest.current = onOpen;
  useEffect(() => {
    open = (conversation) => {
      setWanted(conversation);
      latest.current?.(conversation);
      import("./share_dialog.jsx").then((module) => setDialog(() => module.Dialog));
    };
    return () => (open = () => {});
  }, []);
  return wanted && Dialog ? <Dialog {...shares} conversation={wanted} onClose={() => setWanted("")} /> : null;
}
