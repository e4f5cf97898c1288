package postloan.bench;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Written by hand: the one for plain objects goes field by field through reflection, at twice the cost. */
public final class EventSerializer extends PlainSerializer<Event> {
    @Override
    public Event createInstance() {
        return new Event();
    }

    @Override
    public Event copy(Event from, Event to) {
        to.id = from.id;
        to.cardholder = from.cardholder;
        to.ts = from.ts;
        to.kind = from.kind;
        to.cash = from.cash;
        to.amount = from.amount;
        to.minDue = from.minDue;
        to.inquiries = from.inquiries;
        to.smallOverdue = from.smallOverdue;
        to.debt = from.debt;
        to.income = from.income;
        return to;
    }

    @Override
    public void serialize(Event e, DataOutputView out) throws IOException {
        StringValue.writeString(e.id, out);
        StringValue.writeString(e.cardholder, out);
        out.writeLong(e.ts);
        out.writeByte(e.kind);
        switch (e.kind) {
            case Event.TRANSACTION:
                out.writeBoolean(e.cash);
                out.writeLong(e.amount);
                break;
            case Event.REPAYMENT:
                out.writeLong(e.amount);
                out.writeLong(e.minDue);
                break;
            default:
                out.writeInt(e.inquiries);
                out.writeInt(e.smallOverdue);
                out.writeLong(e.debt);
                out.writeLong(e.income);
        }
    }

    @Override
    public Event deserialize(Event e, DataInputView in) throws IOException {
        e.id = StringValue.readString(in);
        e.cardholder = StringValue.readString(in);
        e.ts = in.readLong();
        e.kind = in.readByte();
        switch (e.kind) {
            case Event.TRANSACTION:
                e.cash = in.readBoolean();
                e.amount = in.readLong();
                break;
            case Event.REPAYMENT:
                e.amount = in.readLong();
                e.minDue = in.readLong();
                break;
            default:
                e.inquiries = in.readInt();
                e.smallOverdue = in.readInt();
                e.debt = in.readLong();
                e.income = in.readLong();
        }
        return e;
    }

    @Override
    public TypeSerializerSnapshot<Event> snapshotConfiguration() {
        return new Snapshot();
    }

    /** What a checkpoint says of how it was written. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Event> {
        public Snapshot() {
            super(EventSerializer::new);
        }
    }
}
