export const kOperations: string[];
