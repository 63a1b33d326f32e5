import { type Action, always } from './action.ts';

export const SHARE: readonly Action[] = [
  {
    id: 'copy-link',
    label: 'Copy a link to this view',
    group: 'Share',
    keys: ['c'],
    words: 'permalink address url',
    enabled: always,
    perform: (_, port) => port.copyLink(),
  },
  {
    id: 'share',
    label: 'Share, embed or cite this view',
    group: 'Share',
    keys: ['s'],
    words: 'iframe snippet bibtex citation preview',
    enabled: always,
    perform: (_, port) => port.showShare(),
  },
];
