// Manages notebooks, services, recommenders and workspaces through the vendor's Java clients: Control ADDRESS KEY SECRET.
// The newer client (tea-openapi, which the product packages are made of) and the older one (core), each in ROA and in
// RPC style. Prints a line for each, of what became of what it made.
import com.aliyun.tea.NameInMap;
import com.aliyun.tea.TeaException;
import com.aliyun.tea.TeaModel;
import com.aliyun.teaopenapi.Client;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teaopenapi.models.OpenApiRequest;
import com.aliyun.teaopenapi.models.Params;
import com.aliyun.teautil.models.RuntimeOptions;
import com.aliyuncs.CommonRequest;
import com.aliyuncs.DefaultAcsClient;
import com.aliyuncs.exceptions.ClientException;
import com.aliyuncs.http.FormatType;
import com.aliyuncs.http.MethodType;
import com.aliyuncs.http.ProtocolType;
import com.aliyuncs.profile.DefaultProfile;
import com.google.gson.Gson;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

public class Control {
    static final String DSW = "2022-01-01", EAS = "2021-07-01", WORKSPACE = "2021-02-04", AIREC = "2020-11-26";

    /** As the product package has them: the client tells on standard error of numbers that do not fit. */
    public static class Replica extends TeaModel {
        @NameInMap("InstanceName") public String instanceName;
        @NameInMap("CurrentAmount") public Float currentAmount;
        @NameInMap("OriginalAmount") public Float originalAmount;
    }
    public static class Replicas extends TeaModel {
        @NameInMap("Instances") public List<Replica> instances;
    }

    interface Api {
        /** One call in ROA style; `query` as k=v pairs. The answer, or the refusal as {"Code": ...}. */
        Map<String, ?> call(String action, String version, String method, String path, Object body, String... query)
            throws Exception;
        Map<String, ?> rpc(String action, String version) throws Exception;
    }

    static Map<String, String> pairs(String... query) {
        Map<String, String> map = new HashMap<>();
        for (String pair : query) map.put(pair.split("=", 2)[0], pair.split("=", 2)[1]);
        return map;
    }

    @SuppressWarnings("unchecked")
    static Api newer(String address, String key, String secret) throws Exception {
        Client client = new Client(new Config().setAccessKeyId(key).setAccessKeySecret(secret).setEndpoint(address)
            .setProtocol("HTTP").setRegionId("local"));
        return new Api() {
            Map<String, ?> send(Params params, OpenApiRequest request) throws Exception {
                try {
                    return (Map<String, ?>) client.callApi(params.setProtocol("HTTP").setAuthType("AK")
                        .setBodyType("json"), request, new RuntimeOptions()).get("body");
                } catch (TeaException refused) {
                    return Map.of("Code", refused.getCode());
                }
            }
            public Map<String, ?> call(String action, String version, String method, String path, Object body,
                                       String... query) throws Exception {
                return send(new Params().setAction(action).setVersion(version).setPathname(path).setMethod(method)
                    .setStyle("ROA").setReqBodyType("json"), new OpenApiRequest().setQuery(pairs(query)).setBody(body));
            }
            public Map<String, ?> rpc(String action, String version) throws Exception {
                return send(new Params().setAction(action).setVersion(version).setPathname("/").setMethod("POST")
                    .setStyle("RPC").setReqBodyType("formData"), new OpenApiRequest());
            }
        };
    }

    @SuppressWarnings("unchecked")
    static Api older(String address, String key, String secret) {
        DefaultAcsClient client = new DefaultAcsClient(DefaultProfile.getProfile("local", key, secret));
        return new Api() {
            Map<String, ?> send(CommonRequest request, String action, String version, String method) throws Exception {
                request.setSysDomain(address);
                request.setSysProtocol(ProtocolType.HTTP);
                request.setSysVersion(version);
                request.setSysMethod(MethodType.valueOf(method));
                try {
                    return new Gson().fromJson(client.getCommonResponse(request).getData(), Map.class);
                } catch (ClientException refused) {
                    return Map.of("Code", refused.getErrCode());
                }
            }
            public Map<String, ?> call(String action, String version, String method, String path, Object body,
                                       String... query) throws Exception {
                CommonRequest request = new CommonRequest();
                request.setSysUriPattern(path);
                request.putHeadParameter("x-acs-action", action);
                pairs(query).forEach(request::putQueryParameter);
                if (body != null)
                    request.setHttpContent(new Gson().toJson(body).getBytes(StandardCharsets.UTF_8), "UTF-8", FormatType.JSON);
                return send(request, action, version, method);
            }
            public Map<String, ?> rpc(String action, String version) throws Exception {
                CommonRequest request = new CommonRequest();
                request.setSysAction(action);
                return send(request, action, version, "POST");
            }
        };
    }

    static String notebook(Api api, String name) throws Exception {
        String id = (String) api.call("CreateInstance", DSW, "POST", "/api/v2/instances", Map.of("InstanceName", name,
            "ImageId", "image-lab", "EcsSpec", "ecs.c6.large")).get("InstanceId");
        String one = "/api/v2/instances/" + id;
        Object listed = api.call("ListInstances", DSW, "GET", "/api/v2/instances", null, "InstanceName=" + name).get("TotalCount");
        Object got = api.call("GetInstance", DSW, "GET", one, null).get("InstanceName");
        Object deleted = api.call("DeleteInstance", DSW, "DELETE", one, null).get("InstanceId");
        return ((Number) listed).intValue() + " " + got + " " + id.equals(deleted);
    }

    static String service(Api api, String name) throws Exception {
        api.call("CreateService", EAS, "POST", "/api/v2/services", Map.of("name", name, "metadata", Map.of("instance", 1),
            "containers", List.of(Map.of("script", "serve"))));
        String one = "/api/v2/services/local/" + name;
        Object status = "";
        for (int looks = 0; looks < 200 && !status.equals("Running"); ++looks) {
            status = api.call("DescribeService", EAS, "GET", one, null).get("Status");
            Thread.sleep(50);  // a deployment takes its time
        }
        Replicas replicas = TeaModel.toModel(api.call("ListServiceInstances", EAS, "GET", one + "/instances", null), new Replicas());
        Object scaled = api.call("ScaleService", EAS, "PUT", one + "/scale", Map.of("Instance", 2)).get("Message");
        Object deleted = api.call("DeleteService", EAS, "DELETE", one, null).get("Message");
        return status + " " + replicas.instances.size() + " " + replicas.instances.get(0).currentAmount + " "
            + (scaled != null) + " " + (deleted != null) + " "
            + api.call("DescribeService", EAS, "GET", "/api/v2/services/local/none", null).get("Code");
    }

    static String workspace(Api api, String name) throws Exception {
        Object id = api.call("CreateWorkspace", WORKSPACE, "POST", "/api/v1/workspaces", Map.of("WorkspaceName", name,
            "Description", "Java", "EnvTypes", List.of("prod"))).get("WorkspaceId");
        String one = "/api/v1/workspaces/" + id;
        api.call("UpdateWorkspace", WORKSPACE, "PUT", one, Map.of("DisplayName", "shown"));
        Object shown = api.call("GetWorkspace", WORKSPACE, "GET", one, null).get("DisplayName");
        api.call("DeleteWorkspace", WORKSPACE, "DELETE", one, null);
        return shown + " " + api.call("GetWorkspace", WORKSPACE, "GET", one, null).get("Code");
    }

    static String recommender(Api api, String name) throws Exception {
        Map<?, ?> made = (Map<?, ?>) api.call("CreateInstance", AIREC, "POST", "/v2/openapi/instances", Map.of(
            "type", "Algorithm_configuration", "chargeType", "PREPAY", "quota", Map.of(), "industry", "item", "name", name,
            "paymentInfo", Map.of("duration", 1, "pricingCycle", "Month", "autoRenew", false))).get("result");
        String one = "/v2/openapi/instances/" + made.get("instanceId");
        api.call("ModifyInstance", AIREC, "PUT", one, Map.of("name", name + "2"));
        Map<?, ?> got = (Map<?, ?>) api.call("DescribeInstance", AIREC, "GET", one, null).get("result");
        return got.get("name") + " " + got.get("status");
    }

    public static void main(String[] given) throws Exception {
        for (String which : List.of("newer", "older")) {
            Api api = which.equals("newer") ? newer(given[0], given[1], given[2]) : older(given[0], given[1], given[2]);
            System.out.println(which + " notebook " + notebook(api, "java_" + which));
            System.out.println(which + " service " + service(api, "java_" + which));
            System.out.println(which + " workspace " + workspace(api, "java_" + which));
            System.out.println(which + " recommender " + recommender(api, "java_" + which));
            System.out.println(which + " caller " + api.rpc("GetCallerIdentity", "2015-04-01").get("IdentityType"));
        }
        System.exit(0);  // the clients' threads never end
    }
}
