import { Button } from 'react-aria-components';
import { type PinList, packedList, permalink, useLens } from '../../state/index.ts';
import { copyText } from '../share/copyLink.ts';

/** Puts a link that holds the whole list into the clipboard, if the list is short enough for one. */
export function CopyList({ list }: { readonly list: PinList }) {
  const copy = async (): Promise<void> => {
    const { view, notify } = useLens.getState();
    const packed = packedList(list);
    if (!packed)
      return notify(
        'error',
        'This list is too long for a link that mail and chats keep whole. Save it as a file instead.',
      );
    const link = permalink({ ...view, page: 'pins', list: packed }, location.href);
    if (await copyText(link))
      notify(
        'info',
        'A link with the whole list is in the clipboard. Whoever opens it sees these neurons and your notes.',
      );
    else
      notify(
        'error',
        'The browser did not let this page write to the clipboard. Save the list as a file instead.',
      );
  };
  return (
    <Button className="button" onPress={() => void copy()}>
      Copy as a link
    </Button>
  );
}
