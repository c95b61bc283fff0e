/** The stored studies: read once, when something first asks for them. */
import { create } from 'zustand';
import { parseStudy, parseStudyIndex } from '../../studies/evidence/format';
import type { StoredStudy } from '../../studies/evidence/format';
import { sentence } from './notices';

interface StudiesState {
  readonly state: 'unread' | 'reading' | 'read' | 'failed';
  readonly studies: readonly StoredStudy[];
  /** One sentence for each study that could not be read. */
  readonly problems: readonly string[];
}

const unread: StudiesState = { state: 'unread', studies: [], problems: [] };

export const useStudies = create<StudiesState>(() => unread);

/** Where the studies of this build lie. */
function addressOfStudies(file: string): URL {
  return new URL(`studies/${file}`, document.baseURI);
}

async function readText(file: string): Promise<string> {
  const response = await fetch(addressOfStudies(file));
  if (!response.ok) throw new Error(`The stored study ${file} could not be fetched (${response.status}).`);
  return response.text();
}

/** Reads all of them unless that was done or is under way. Never rejects: `problems` says what could not be read. */
export async function readStudies(): Promise<void> {
  const { state } = useStudies.getState();
  if (state === 'reading' || state === 'read') return;
  useStudies.setState({ ...unread, state: 'reading' });
  try {
    const { studies } = parseStudyIndex(await readText('index.json'));
    const read = await Promise.allSettled(studies.map(async ({ file }) => parseStudy(await readText(file))));
    useStudies.setState({
      state: 'read',
      studies: read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
      problems: read.flatMap((one) => (one.status === 'rejected' ? [sentence(one.reason)] : [])),
    });
  } catch (error) {
    useStudies.setState({ state: 'failed', studies: [], problems: [sentence(error)] });
  }
}
