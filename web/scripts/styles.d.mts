export function styles(): string;
