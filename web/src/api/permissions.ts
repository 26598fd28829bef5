import { queryOptions, useQuery } from "@tanstack/react-query";
import { change } from "./client";

/** What may be done, as policies name it, and to what; to nothing in particular: "". */
export type Question = readonly [action: string, resource: string];
interface Permission {
  Allowed?: boolean;
  Code?: string;
  Message?: string;
}
/** As the server says it. */
export interface Refusal {
  code: string;
  message: string;
}

/** As many as one request takes. */
const most = 200;

interface Waiting {
  question: Question;
  resolve: (permission: Permission) => void;
  reject: (error: unknown) => void;
}
let waiting: Waiting[] = [];

async function askAll() {
  const all = waiting;
  waiting = [];
  for (let begin = 0; begin < all.length; begin += most) {
    const part = all.slice(begin, begin + most);
    const Questions = part.map(({ question: [Action, Resource] }) => ({ Action, Resource }));
    try {
      const { Permissions = [] } = await change("CheckPermissions", {}, { Questions });
      part.forEach(({ resolve }, index) => resolve(Permissions[index] ?? {}));
    } catch (error) {
      part.forEach(({ reject }) => reject(error));
    }
  }
}

/** The buttons of a page ask together. */
const ask = (question: Question) =>
  new Promise<Permission>((resolve, reject) => {
    waiting.push({ question, resolve, reject });
    if (waiting.length === 1) setTimeout(() => void askAll());
  });

const permissionQuery = (question: Question) =>
  queryOptions({
    queryKey: ["CheckPermissions", ...question],
    queryFn: () => ask(question),
    staleTime: 60_000,
    retry: false,
  });

/** Why the server would refuse it. undefined: it would not, or that is not known: then who tries it is
 * told. */
export function useRefusal(question: Question): Refusal | undefined {
  const { data } = useQuery(permissionQuery(question));
  return data?.Allowed === false ? { code: data.Code ?? "", message: data.Message ?? "" } : undefined;
}
