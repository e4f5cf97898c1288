package postloan.bench;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Only the days in use are written. */
public final class StateSerializer extends PlainSerializer<State> {
    @Override
    public State createInstance() {
        return new State();
    }

    @Override
    public State copy(State from, State to) {
        System.arraycopy(from.day, 0, to.day, 0, State.DAYS);
        System.arraycopy(from.count, 0, to.count, 0, State.DAYS);
        System.arraycopy(from.night, 0, to.night, 0, State.DAYS);
        System.arraycopy(from.sum, 0, to.sum, 0, State.DAYS);
        System.arraycopy(from.cash, 0, to.cash, 0, State.DAYS);
        to.balance = from.balance;
        to.limit = from.limit;
        to.repaidAt = from.repaidAt;
        to.repaid = from.repaid;
        to.respent = from.respent;
        to.debt = from.debt;
        to.income = from.income;
        to.bureauAt = from.bureauAt;
        to.streak = from.streak;
        to.inquiries = from.inquiries;
        to.smallOverdue = from.smallOverdue;
        return to;
    }

    @Override
    public void serialize(State s, DataOutputView out) throws IOException {
        out.writeLong(s.balance);
        out.writeLong(s.limit);
        out.writeLong(s.repaidAt);
        out.writeLong(s.repaid);
        out.writeLong(s.respent);
        out.writeLong(s.debt);
        out.writeLong(s.income);
        out.writeLong(s.bureauAt);
        out.writeInt(s.streak);
        out.writeInt(s.inquiries);
        out.writeInt(s.smallOverdue);
        int used = 0;
        for (int i = 0; i < State.DAYS; i++) if (s.day[i] >= 0) used |= 1 << i;
        out.writeInt(used);
        for (int i = 0; i < State.DAYS; i++) {
            if ((used & 1 << i) == 0) continue;
            out.writeInt(s.day[i]);
            out.writeInt(s.count[i]);
            out.writeInt(s.night[i]);
            out.writeLong(s.sum[i]);
            out.writeLong(s.cash[i]);
        }
    }

    @Override
    public State deserialize(State s, DataInputView in) throws IOException {
        s.balance = in.readLong();
        s.limit = in.readLong();
        s.repaidAt = in.readLong();
        s.repaid = in.readLong();
        s.respent = in.readLong();
        s.debt = in.readLong();
        s.income = in.readLong();
        s.bureauAt = in.readLong();
        s.streak = in.readInt();
        s.inquiries = in.readInt();
        s.smallOverdue = in.readInt();
        int used = in.readInt();
        for (int i = 0; i < State.DAYS; i++) {
            boolean there = (used & 1 << i) != 0;
            s.day[i] = there ? in.readInt() : -1;
            s.count[i] = there ? in.readInt() : 0;
            s.night[i] = there ? in.readInt() : 0;
            s.sum[i] = there ? in.readLong() : 0;
            s.cash[i] = there ? in.readLong() : 0;
        }
        return s;
    }

    @Override
    public TypeSerializerSnapshot<State> snapshotConfiguration() {
        return new Snapshot();
    }

    /** What a checkpoint says of how it was written. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<State> {
        public Snapshot() {
            super(StateSerializer::new);
        }
    }
}
