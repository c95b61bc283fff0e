import { useNotices } from '../store/notices';
import './notices.css';

/** Errors (announced at once) and news (announced politely), one sentence each. */
export function Notices() {
  const { list, dismiss } = useNotices();
  return (
    <div className="notices">
      {list.map((notice) => (
        <div
          key={notice.id}
          className={`notice ${notice.kind}`}
          role={notice.kind === 'error' ? 'alert' : 'status'}
        >
          <span>{notice.text}</span>
          {notice.action && (
            <button
              type="button"
              className="button quiet"
              onClick={() => {
                notice.action?.act();
                dismiss(notice.id);
              }}
            >
              {notice.action.label}
            </button>
          )}
          <button type="button" className="tool" aria-label="Dismiss" onClick={() => dismiss(notice.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
