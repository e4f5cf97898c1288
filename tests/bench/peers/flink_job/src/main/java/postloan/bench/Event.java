package postloan.bench;

/** What crosses the keyBy: the decoded, checked event, only the fields that the work uses. */
public class Event {
    public static final byte TRANSACTION = 0, REPAYMENT = 1, BUREAU = 2;
    public String id;
    public String cardholder;
    public long ts;
    public byte kind;
    public boolean cash;
    public long amount;
    public long minDue;
    public int inquiries;
    public int smallOverdue;
    public long debt;
    public long income;
}
