import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLanguage } from "./context";
import { Icon } from "./icons";

const SHOWN_MS = 12_000;

interface Refusal {
  /** Says so, for a while; null where nothing was refused. */
  readonly note: JSX.Element | null;
  /** For the element that files may fall on. */
  readonly handlers: {
    readonly onPaste: (event: ClipboardEvent) => void;
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

/** Refuses files and images that are pasted or dropped, visibly; else a drop would lead away from the page. */
export function useFileRefusal(): Refusal {
  const { texts } = useLanguage();
  // Counts, so that a second one is told anew.
  const [refused, setRefused] = useState(0);
  useEffect(() => {
    if (refused === 0) return undefined;
    const timer = setTimeout(() => setRefused(0), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [refused]);
  const refuse = (event: Event): void => {
    event.preventDefault();
    setRefused(refused + 1);
  };
  const note =
    refused === 0 ? null : (
      <p class="banner" role="alert" key={refused}>
        <Icon name="warning" />
        <span>{texts.filesRefused}</span>
        <button type="button" class="link" onClick={() => setRefused(0)}>
          {texts.dismiss}
        </button>
      </p>
    );
  return {
    note,
    handlers: {
      // Copied from a document there may be a picture beside the text: the text is what is meant.
      onPaste: (event) => hasFiles(event.clipboardData) && !hasText(event.clipboardData) && refuse(event),
      onDragOver: (event) => hasFiles(event.dataTransfer) && event.preventDefault(),
      onDrop: (event) => hasFiles(event.dataTransfer) && refuse(event),
    },
  };
}

function hasFiles(data: DataTransfer | null): boolean {
  return data?.types.includes("Files") ?? false;
}

function hasText(data: DataTransfer | null): boolean {
  return data?.types.includes("text/plain") ?? false;
}
