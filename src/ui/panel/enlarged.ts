import { createContext, useContext } from 'react';

export const EnlargedContext = createContext(false);

/** Whether what is drawn here has the whole window to itself. */
export const useEnlarged = (): boolean => useContext(EnlargedContext);
