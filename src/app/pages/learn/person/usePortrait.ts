import { useEffect, useState } from 'react';
import { sentence } from '../../../store/notices';
import { useRunActions } from '../../../store/runActions';
import type { Portrait } from '../../../../workers/protocol';

/** A person of a world, simulated by the data worker; the last one stays until the next is there. */
export function usePortrait(
  world: string,
  [a, b]: readonly [number, number],
  nth: number,
): { readonly portrait: Portrait | null; readonly failure: string | null } {
  const { client } = useRunActions();
  const [portrait, setPortrait] = useState<Portrait | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    client.portrait(world, [a, b], nth).then(
      (found) => {
        if (!wanted) return;
        setPortrait(found);
        setFailure(null);
      },
      (error: unknown) => wanted && setFailure(sentence(error)),
    );
    return () => {
      wanted = false;
    };
  }, [client, world, a, b, nth]);
  return { portrait, failure };
}
