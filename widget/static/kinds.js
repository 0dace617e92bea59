/** What a file dialog offers; a phone that has other photos makes JPEGs of them for it. */
export const ACCEPT = "image/png,image/jpeg,image/gif,image/webp,application/pdf,text/plain,text/csv,.csv";
