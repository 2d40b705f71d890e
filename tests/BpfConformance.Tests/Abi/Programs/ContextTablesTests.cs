using BpfConformance.Abi.Programs;
using NUnit.Framework;

namespace BpfConformance.Tests.Abi.Programs;

/// <summary>The rows themselves are held against a kernel, in Targets/Kernel; here is what holds of every row, and of lookups.</summary>
[TestFixture]
internal sealed class ContextTablesTests
{
    private static IEnumerable<TestCaseData> Layouts() =>
        ProgramTypeTable.Rows
            .Where(row => row.Context is not null)
            .SelectMany(row => (ContextLayout[])[row.Context!.Value.Layout, row.Given!.Value.Layout])
            .Distinct()
            .Select(layout => new TestCaseData(layout) { TestName = $"{{m}}({layout.Name}, {layout.ViewNames[0]})" });

    [TestCaseSource(nameof(Layouts))]
    public void ContextLayout_EveryField_IsInsideAndInOrderAndHasAPermissionForEachView(ContextLayout layout)
    {
        Assert.Multiple(() =>
        {
            Assert.That(layout.Fields.Select(field => field.Permissions.Length), Is.All.EqualTo(layout.ViewNames.Length));
            Assert.That(layout.Fields.Select(field => field.Offset), Is.Ordered);
            Assert.That(layout.Fields.Where(field => field.Offset < 0 || field.Offset + field.SizeBytes > layout.SizeBytes), Is.Empty);
            Assert.That(layout.Fields.Select(field => field.Name), Is.Unique);
            Assert.That(layout.ViewNames, Is.Unique);
        });
    }

    [TestCaseSource(nameof(Layouts))]
    public void ContextField_Permission_SaysWhetherThereAreWidths(ContextLayout layout)
    {
        foreach (ContextField field in layout.Fields)
        {
            bool isRead = field.Permissions.Any(permission => permission != FieldPermission.None);
            bool isWritten = field.Permissions.Contains(FieldPermission.ReadWrite);
            Assert.That((isRead, isWritten), Is.EqualTo((field.Loads != FieldAccess.None, field.Stores != FieldAccess.None)), field.Name);
        }
    }

    [TestCase(ProgramType.SchedCls, AttachType.TcxIngress, 8, 4, ContextAccess.Store, "mark")]
    [TestCase(ProgramType.SocketFilter, AttachType.CgroupInetIngress, 8, 4, ContextAccess.Store, null)]
    [TestCase(ProgramType.SocketFilter, AttachType.CgroupInetIngress, 10, 2, ContextAccess.Load, "mark")]
    [TestCase(ProgramType.SocketFilter, AttachType.CgroupInetIngress, 9, 2, ContextAccess.Load, null)]
    [TestCase(ProgramType.SocketFilter, AttachType.CgroupInetIngress, 0, 8, ContextAccess.Load, null)]
    [TestCase(ProgramType.SocketFilter, AttachType.CgroupInetIngress, 56, 8, ContextAccess.Store, "cb")]
    [TestCase(ProgramType.SocketFilter, AttachType.CgroupInetIngress, 64, 8, ContextAccess.Store, null)]
    [TestCase(ProgramType.Xdp, AttachType.Xdp, 4, 4, ContextAccess.Load, "data_end")]
    [TestCase(ProgramType.Xdp, AttachType.Xdp, 4, 4, ContextAccess.SignedLoad, null)]
    [TestCase(ProgramType.Xdp, AttachType.Xdp, 20, 4, ContextAccess.Load, null)]
    [TestCase(ProgramType.Xdp, AttachType.XdpDevmap, 20, 4, ContextAccess.Load, "egress_ifindex")]
    [TestCase(ProgramType.CgroupSock, AttachType.CgroupInet4PostBind, 48, 4, ContextAccess.Load, "(dst_port and 0)")]
    [TestCase(ProgramType.CgroupSock, AttachType.CgroupInet4PostBind, 6, 2, ContextAccess.Load, null)]
    [TestCase(ProgramType.SockOps, AttachType.CgroupSockOps, 4, 4, ContextAccess.Load, "reply")]
    [TestCase(ProgramType.SockOps, AttachType.CgroupSockOps, 8, 4, ContextAccess.Load, "args")]
    [TestCase(ProgramType.SockOps, AttachType.CgroupSockOps, 8, 4, ContextAccess.Store, null)]
    [TestCase(ProgramType.Xdp, AttachType.Xdp, -4, 4, ContextAccess.Load, null)]
    [TestCase(ProgramType.Xdp, AttachType.Xdp, int.MaxValue - 3, 4, ContextAccess.Load, null)]
    public void ContextView_Find_GivesTheFieldThatTakesTheAccess(
        ProgramType type, AttachType attachType, int offset, int widthBytes, ContextAccess access, string? name)
    {
        ProgramHook hook = ProgramTypeTable.Find(type, attachType)!;

        Assert.That(hook.Context!.Value.Find(offset, widthBytes, access)?.Name, Is.EqualTo(name));
    }

    [Test]
    public void ContextLayout_ViewThatIsNotThere_IsRefused() =>
        Assert.That(() => ContextTables.XdpMd["tc"], Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void PointedToBy_PointersToSockets_AreTheViewsOfASocket()
    {
        Assert.Multiple(() =>
        {
            Assert.That(ContextTables.PointedToBy(ContextValue.SocketOrNull)?.Name, Is.EqualTo("sock"));
            Assert.That(ContextTables.PointedToBy(ContextValue.SocketCommonOrNull)?.Name, Is.EqualTo("sock_common"));
            Assert.That(ContextTables.PointedToBy(ContextValue.PacketData), Is.Null);
        });
    }

    [TestCase(ProgramType.FlowDissector, AttachType.FlowDissector, "bpf_flow_keys")]
    [TestCase(ProgramType.Netfilter, AttachType.Netfilter, "nf_hook_state")]
    [TestCase(ProgramType.Xdp, AttachType.Xdp, "xdp_md")]
    public void ProgramHook_Given_IsWhatTestRunTakes(ProgramType type, AttachType attachType, string name) =>
        Assert.That(ProgramTypeTable.Find(type, attachType)!.Given!.Value.Layout.Name, Is.EqualTo(name));
}
